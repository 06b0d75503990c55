"""How long every page takes until it can be read, and what it fetches for that."""
