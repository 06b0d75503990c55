"""Items and relations from files: read, mapped, identified, and told row by row."""
