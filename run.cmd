@echo off
rem run            open the window          run demo   build the sample office in .\demo
rem run GROUP ...  is lintanctl GROUP ...   run --help
setlocal
set "PYTHONUTF8=1"
call "%~dp0installer\python.cmd"
if errorlevel 1 exit /b 3
"%PYTHON%" %PYTHON_ARGS% "%~dp0installer\bootstrap.py" run %*
exit /b %ERRORLEVEL%
