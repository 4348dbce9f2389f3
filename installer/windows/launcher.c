/* lintan.exe and lintanctl.exe: the process, taskbar entry and icon are the program's own.
   Loads the Python that is shipped beside it and runs one module; imports nothing else. */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#ifdef CONSOLE
#define MODULE L"core.cli"
#else
#define MODULE L"desktop"
#endif

typedef int (*main_function)(int, wchar_t **);

static int fail(const wchar_t *what)
{
#ifdef CONSOLE
    fwprintf(stderr, L"%ls\n", what);
#else
    MessageBoxW(NULL, what, L"\u6797\u78b3\u53f0", MB_ICONERROR);
#endif
    return 3;
}

static int start(int argc, wchar_t **argv)
{
    static wchar_t path[32768];
    DWORD length = GetModuleFileNameW(NULL, path, 32700);
    wchar_t *cut = wcsrchr(path, L'\\');
    if (length == 0 || cut == NULL)
        return fail(L"The program cannot find its folder.");
    wcscpy(cut + 1, L"runtime\\python313.dll");
    HMODULE python = LoadLibraryExW(path, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (python == NULL)
        return fail(L"runtime\\python313.dll is missing or damaged: install Lintan again.\n"
                    L"\u7a0b\u5e8f\u6587\u4ef6\u7f3a\u5931\u6216\u635f\u574f\uff0c\u8bf7\u91cd\u65b0\u5b89\u88c5\u6797\u78b3\u53f0\u3002");
    main_function run = (main_function)(void *)GetProcAddress(python, "Py_Main");
    if (run == NULL)
        return fail(L"runtime\\python313.dll is not a Python library.");
    wchar_t **words = (wchar_t **)HeapAlloc(GetProcessHeap(), 0, (argc + 5) * sizeof(wchar_t *));
    if (words == NULL)
        return fail(L"Not enough memory.");
    int count = 0;
    words[count++] = argv[0];
    words[count++] = L"-X";
    words[count++] = L"utf8";
    words[count++] = L"-m";
    words[count++] = MODULE;
    for (int i = 1; i < argc; i++)
        words[count++] = argv[i];
    words[count] = NULL;
    return run(count, words);
}

#ifdef CONSOLE
int wmain(int argc, wchar_t **argv) { return start(argc, argv); }
#else
int WINAPI wWinMain(HINSTANCE self, HINSTANCE previous, LPWSTR line, int show)
{
    (void)self; (void)previous; (void)line; (void)show;
    return start(__argc, __wargv);
}
#endif
