"""What is remembered: events, raw bytes, and the views read from them."""
