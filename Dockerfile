# Practise in a container; the volume keeps the database:
#   docker build -t interview-practice-bot .
#   docker run --rm -it -v interview:/data interview-practice-bot
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /src
# The dependencies come first, so that a change of code doesn't install them again.
COPY pyproject.toml ./
RUN python -c "import pathlib, tomllib; p = tomllib.loads(pathlib.Path('pyproject.toml').read_text())['project']; print(*p['dependencies'], *p['optional-dependencies']['discord'], sep='\n')" > requirements.txt \
    && pip install --requirement requirements.txt
COPY README.md LICENSE ./
COPY questions questions
COPY grader grader
COPY bot bot
RUN pip install --no-deps .

FROM ${PYTHON_IMAGE}
COPY --from=build /opt/venv /opt/venv
RUN mkdir /data && chown 10001:10001 /data
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    INTERVIEW_DATABASE=/data/interview.db
USER 10001:10001
WORKDIR /data
VOLUME /data
ENTRYPOINT ["interview"]
