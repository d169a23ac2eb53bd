"""What things mean: formats read bytes into articles, views read events into rows."""
