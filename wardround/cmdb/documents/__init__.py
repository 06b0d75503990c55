"""Documents: items whose type has the role, with the versions of their files, kept in the database
and searched by what stands in them (ADR 0183, 0184).
"""
