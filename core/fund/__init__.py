"""The carbon fund: who gives, what for, the receipts, and what the money is used for."""
