"""Who may come in: accounts, roles with their scopes, sign-in, second factor, sessions, API tokens.

It must never know an item or a ticket; a scope is a plain id to it.
"""
