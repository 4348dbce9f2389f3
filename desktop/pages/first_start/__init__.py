"""The first start: which database, which office, which account and certificate."""
