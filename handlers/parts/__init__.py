"""What formats are made of: charsets, trees, dates, bylines, credits, heads and tails, pages, mails, wires, budgets."""
