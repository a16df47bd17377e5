# One image for every process of Weft: the command says which one it is.
ARG NODE_VERSION=22

# Debian, not Alpine: the query planner is a native module for glibc.
FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run prepare

FROM node:${NODE_VERSION}-bookworm-slim AS production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# npm keeps the Prisma CLI, an optional peer of its client, as long as package.json names it for development.
RUN npm ci --omit=dev --ignore-scripts \
 && npm pkg delete devDependencies scripts allowScripts \
 && npm prune --omit=dev
# Uploads are kept here: a volume takes over the owner of the folder that it is mounted on.
RUN mkdir /data
COPY --from=build /app /build
RUN cd /build && cp --parents -r dist prisma/migrations schema/*.graphql schema/operations subgraphs/*/schema.graphql /app/ \
 && rm -rf /build package-lock.json .npmrc

FROM node:${NODE_VERSION}-bookworm-slim
# The worker of audits fetches commits with them.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
 && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
WORKDIR /app
COPY --from=production /app ./
COPY --from=production --chown=node:node /data /data
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["start"]
