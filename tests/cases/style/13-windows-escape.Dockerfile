# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2025
MAINTAINER win@example.org
RUN powershell -Command `
    Invoke-WebRequest http://example.org/a.zip -OutFile C:\a.zip
ADD app.exe C:\app\
WORKDIR C:\app
CMD app.exe
