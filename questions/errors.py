"""The root of all errors whose text is meant for the person using the program."""


class InterviewError(Exception):
    """Root of the error tree. `str(error)` is one line a user can act on; everything else is a bug.

    InterviewError
    ├── CorpusError      a corpus can't be read (names file, line, field, what to do)
    ├── GraderError      an answer or a model can't be graded or loaded
    ├── PracticeError    a session can't go on as asked
    ├── Refusal          what a person asked can't be done now, and what to do instead
    ├── StoreError       the database can't be opened, read or written
    └── SettingsError    a setting is missing or wrong
    """


class CorpusError(InterviewError):
    """A corpus can't be read. The text names the file and, where known, the line and the field."""
