# The worker without a GPU: to try a deployment where there is no GPU quota. Slow with the real model.
# Built from the root of the repository: docker build -f infra/worker-cpu.Dockerfile .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish workers/SmolLM3.Batch.Worker --configuration Release --runtime linux-x64 --no-self-contained \
      -p:BuildFor=azure -p:TorchPackage=TorchSharp-cpu --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
USER root
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 poppler-utils \
 && rm -rf /var/lib/apt/lists/*
ENV DOTNET_EnableDiagnostics=0 \
    DOTNET_gcServer=0 \
    Worker__HealthAddress=*
WORKDIR /app
COPY --from=build /app .
USER app
EXPOSE 8080
ENTRYPOINT ["dotnet", "/app/SmolLM3.Batch.Worker.dll"]
