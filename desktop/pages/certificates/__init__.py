"""碳汇权证: applications, certificates and the register."""
