"""系统: office settings, accounts, numbering, calendar, parameters, audit, backup."""
