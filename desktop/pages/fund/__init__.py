"""碳汇基金: donations, receipts, stock, purposes, bank statements and reports of the fund."""
