# The Discord bot, and practising in a terminal; docs/operating.md says how to run it.
#   docker build -t interview-practice-bot .
#   docker build --build-arg EXTRA=sentence-transformers -t interview-practice-bot:any-encoder .
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
# For `strip`; which release of it does not matter to what comes out.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends binutils \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src

# What is installed, from wheels whose hashes are locked and nothing else. It comes before our own code, so that a
# change of code installs nothing again.
FROM build AS dependencies
ARG EXTRA=
COPY deploy/requirements*.txt deploy/slim deploy/
RUN python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv/bin/python install --require-hashes --no-deps --only-binary :all: --no-compile \
        --requirement "deploy/requirements${EXTRA:+-${EXTRA}}.txt" \
    && site=$(/opt/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \
    && if [ -z "${EXTRA}" ]; then deploy/slim "${site}"; fi \
    && python -m compileall -q -x '/(pygments/lexers|torch/testing)/' --invalidation-mode unchecked-hash "${site}"

FROM dependencies AS application
COPY deploy/requirements-build.txt deploy/
RUN pip install --require-hashes --no-deps --only-binary :all: --requirement deploy/requirements-build.txt
COPY pyproject.toml README.md LICENSE ./
COPY questions questions
COPY grader grader
COPY bot bot
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /tmp/wheel . \
    && pip --python /opt/venv/bin/python install --no-deps --no-compile --target /opt/interview /tmp/wheel/*.whl \
    && python -m compileall -q --invalidation-mode unchecked-hash /opt/interview
ENV PATH=/opt/interview/bin:/opt/venv/bin:$PATH PYTHONPATH=/opt/interview PYTHONSAFEPATH=1 PYTHONDONTWRITEBYTECODE=1
COPY deploy/try deploy/
RUN HOME=/tmp/home INTERVIEW_DATABASE=/tmp/try.db deploy/try

FROM ${PYTHON_IMAGE}
# No installer at run time. The base image leaves the standard library uncompiled, which a read-only root would have
# compiled anew at every start and at every health check.
RUN python -m pip uninstall --yes --quiet pip setuptools wheel 2>&1 \
    && library=$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))') \
    && rm -r "${library}/ensurepip" \
    && python -m compileall -q -x '/(idlelib|lib2to3|pydoc_data|site-packages|tkinter|turtledemo|unittest)/' "${library}" \
    && mkdir /data \
    && chown 10001:10001 /data
COPY --from=dependencies /opt/venv /opt/venv
COPY --from=application /opt/interview /opt/interview
ENV PATH=/opt/interview/bin:/opt/venv/bin:$PATH \
    PYTHONPATH=/opt/interview \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    INTERVIEW_DATABASE=/data/interview.db \
    INTERVIEW_CORPORA=/data/corpora
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "bot.healthcheck"]
ENTRYPOINT ["interview"]

ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="Interview practice bot" \
    org.opencontainers.image.description="Practise technical interviews and be graded point by point, offline." \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.created="${CREATED}"
