"""What is asked: questions, their key points, and the corpora they are read from."""
