"""The field's quantities: exact, integer, and readable the way the office writes them."""
