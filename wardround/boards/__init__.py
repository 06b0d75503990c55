"""What people look at: live boards and analyses over the other rooms.

It must never write.
"""
