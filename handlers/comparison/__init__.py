"""Two versions of one article side by side: what differs, and what the newsroom says of it."""
