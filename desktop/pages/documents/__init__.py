"""文件与签章: every paper, those waiting for a signature, and the verifier."""
