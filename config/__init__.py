"""What the operator may choose: settings and where each value came from."""
