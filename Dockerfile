# One image for every host, for the firewall and for `verify`.
#   docker build -t ksc-lab .

# Production dependencies only; the sources run as they are, Node 24 takes the types off by itself.
FROM node:24-bookworm-slim AS dependencies
ARG NPM_CONFIG_REGISTRY
WORKDIR /app
COPY package.json package-lock.json ./
# An optional peer of a dependency (typescript) counts as both; and what only people and debuggers read stays out.
# Of Azure's logins, which the driver of SQL Server brings, those of browsers go; of the diagrams' layout, its workers;
# and what is there a second time for another loader.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
 && cd node_modules \
 && find . -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' \) -delete \
 && rm -rf @azure/msal-browser @azure/*/dist/browser @azure/*/dist/esm @azure/*/dist/react-native \
      @azure/msal-node/dist @azure/msal-node/src @azure/msal-common/dist @azure/msal-common/dist-browser @azure/msal-common/src \
      @typespec/*/dist/browser @typespec/*/dist/esm @typespec/*/dist/react-native \
      @js-joda/core/src elkjs/lib/elk-worker*.js kysely/dist/cjs

# The system that runs them: Node, routes, nftables, and nothing to build with.
FROM debian:bookworm-slim AS system
RUN apt-get update \
 && apt-get install -y --no-install-recommends iproute2 libstdc++6 nftables \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /usr/share/doc /usr/share/info /usr/share/locale /usr/share/man \
 && groupadd --gid 1000 node && useradd --uid 1000 --gid node --no-create-home node
COPY --from=node:24-bookworm-slim /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY bin bin
COPY certs certs
COPY cli cli
COPY lab lab
COPY services services
COPY shared shared
COPY topologies topologies
COPY --chmod=755 containers containers
RUN install -d -o node -g node -m 700 /state

# What was deleted above stays deleted: the layers are laid into one.
FROM scratch
COPY --from=system / /
ENV KSC_LAB_STATE=/state NODE_ENV=production PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
WORKDIR /app
VOLUME /state
ENTRYPOINT ["/app/containers/host.sh"]
CMD ["--help"]
# Asks the host's own management (lab/run-host.ts); a hung or stopped host does not answer.
HEALTHCHECK --interval=5s --timeout=4s --start-period=20s --retries=3 CMD ["node", "/app/containers/healthy.js"]
