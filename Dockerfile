# Casualty Ledger in a container: the locked dependencies, a user without rights, one writable directory.
#   docker build -t casualty-ledger .
#   docker run --rm -p 8000:8000 -v casualty:/data casualty-ledger

FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/casualty
COPY requirements.lock ./
RUN /opt/casualty/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE GLOSSARY.md ./
COPY docs docs
COPY seeds seeds
COPY service service
RUN /opt/casualty/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home casualty && install -d -o casualty -g casualty -m 0750 /data
COPY --from=build /opt/casualty /opt/casualty
ENV PATH=/opt/casualty/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CASUALTY_DATA_DIR=/data \
    CASUALTY_HOST=0.0.0.0 \
    CASUALTY_PORT=8000 \
    CASUALTY_ACCESS_LOG=true
USER casualty
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"CASUALTY_PORT\"]}/readyz', timeout=4)"]
CMD ["casualty", "serve", "--quiet"]
