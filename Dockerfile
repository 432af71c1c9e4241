# The image of web server, worker and beat: one image, three commands (docker-compose.yml).

FROM python:3.13-slim AS packages
WORKDIR /build
COPY requirements/server.txt requirements/s3.txt ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r server.txt \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r s3.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    DEBUG=0 \
    RUNSTEAD_DATA=/data \
    STATIC_ROOT=/app/staticfiles \
    BIND=0.0.0.0 \
    PORT=8000
RUN useradd --system --uid 10001 --user-group --home-dir /app runstead \
    && mkdir -p /app /data /dropboxes \
    && chown runstead:runstead /data /dropboxes
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# Any key will do here: nothing of it stays in the image.
# The contexts for validating crates are the only thing that is fetched from elsewhere than the package registry.
RUN python -m compileall -q . \
    && SECRET_KEY=unused python manage.py collectstatic --no-input --verbosity 0 \
    && SECRET_KEY=unused python manage.py warmcontexts --if-possible
USER runstead
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-m", "common.embedded.ping"]
CMD ["gunicorn", "-c", "config/gunicorn.py"]
