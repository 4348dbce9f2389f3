"""The sample office: fictitious cases driven through the real use cases from counter to shelf."""
