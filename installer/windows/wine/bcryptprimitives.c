/* For tests under Wine only: Windows has this library, Wine 8 does not. cryptography needs it. */
#include <windows.h>
#include <bcrypt.h>
__declspec(dllexport) BOOL ProcessPrng(PUCHAR data, SIZE_T length)
{
    return BCryptGenRandom(NULL, data, (ULONG)length, BCRYPT_USE_SYSTEM_PREFERRED_RNG) >= 0;
}
