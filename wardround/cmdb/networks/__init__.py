"""IP networks and addresses: which there are, who has what, what is free, what is wrong."""
