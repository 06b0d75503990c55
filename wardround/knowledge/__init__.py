"""What was learned: symptom, cause, solution, and the review that makes them trusted.

It must never change a ticket.
"""
