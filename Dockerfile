# The command line and the workers of docker-compose.yml: `docker build -t rhyme .`, then `docker run rhyme --help`.
# Debian, since Temporal's core, polars and DuckDB are built against glibc.
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

# `docker build --target worker-gpu -t rhyme-gpu .`: the same with TensorFlow's build for NVIDIA cards and its parts of CUDA,
# several GB. The machine brings the driver and its container toolkit, nothing else of CUDA.
FROM packages AS gpu-backend
RUN apt-get update && apt-get install -y --no-install-recommends g++ python3 python3-pip && rm -rf /var/lib/apt/lists/*
COPY src ./src
ENV XDG_CACHE_HOME=/opt/cache
RUN node --conditions=lab-source --disable-warning=ExperimentalWarning src/cli/main.ts backend install tensorflow --gpu

FROM node:24.21.0-bookworm-slim AS worker
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

FROM worker AS worker-gpu
ENV XDG_CACHE_HOME=/opt/cache NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=gpu-backend --chown=node:node /opt/cache /opt/cache

# What `docker build .` makes.
FROM worker
