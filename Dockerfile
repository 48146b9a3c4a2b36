# The command line and the workers of docker-compose.yml: `docker build -t rhyme .`, then `docker run rhyme --help`.
# Debian, since Temporal's core, polars and DuckDB are built against glibc.
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production XDG_CACHE_HOME=/tmp/cache
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY artefacts ./artefacts
COPY weaviate ./weaviate
COPY workflows ./workflows
COPY src ./src
USER node
ENTRYPOINT ["node", "--conditions=lab-source", "--disable-warning=ExperimentalWarning", "/app/src/cli/main.ts"]
CMD ["--help"]
