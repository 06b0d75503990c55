"""One module a protocol. A driver reads one target; it never keeps time, retries or judges."""
