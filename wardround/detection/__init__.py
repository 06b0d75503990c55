"""What a value means: threshold rules evaluated over columns, with holding, recovery and no-data.

It must never tell anybody: an outcome goes to alerts.
"""
