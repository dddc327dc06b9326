# escape=`
FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
SHELL ["powershell", "-Command"]
COPY a.exe C:\
RUN dir C:\ `
    ; exit 0
