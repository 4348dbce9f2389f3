"""The carbon amount: species parameters in versioned sets, and the calculation, exact."""
