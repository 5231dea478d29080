# One image for web, worker and beat; the command decides which (docker-compose.yml).
FROM node:22-bookworm-slim AS front-end
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=stagematch.settings.production \
    STATIC_ROOT=/app/staticfiles MEDIA_ROOT=/data/media NUMBA_CACHE_DIR=/data/numba STAGEMATCH_RUN_DIR=/data
WORKDIR /app
# The embedded servers among the locked packages are for developers; here they stay unused.
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt
COPY . .
COPY --from=front-end /app/node_modules node_modules
# Names without meaning: production settings refuse to start without any, and these steps reach no server.
RUN python stagematch/vendor.py && rm -r node_modules \
 && SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=postgresql://build/build REDIS_URL=redis://build EMAIL_HOST=build \
    SITE_URL=https://build DEFAULT_FROM_EMAIL=build@build.example \
    sh -c "python manage.py messages --compile && python manage.py collectstatic --noinput -v0" \
 && useradd --create-home --uid 10001 app && mkdir -p /data/media /data/numba && chown -R app /data
USER app
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "-c", "stagematch/serving.py", "--bind", "0.0.0.0:8000"]
