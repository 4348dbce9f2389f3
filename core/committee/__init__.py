"""Experts: who they are, how they are drawn, how they judge cases, and what they are paid."""
