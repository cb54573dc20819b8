"""How good an answer is: key points in, verdicts with evidence and a mark out."""
