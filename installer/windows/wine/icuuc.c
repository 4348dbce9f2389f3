/* For tests under Wine only: Windows 10 has this library, Wine 8 does not. Qt6Core needs it to load.
   Every function fails cleanly, so no converter of ICU exists there. */
#define FAIL(name) __declspec(dllexport) void *name(void) { return 0; }
FAIL(ucnv_open) FAIL(ucnv_close) FAIL(ucnv_reset) FAIL(ucnv_getMaxCharSize) FAIL(ucnv_getName)
FAIL(ucnv_getToUCallBack) FAIL(ucnv_getFromUCallBack) FAIL(ucnv_setToUCallBack)
FAIL(ucnv_setFromUCallBack) FAIL(ucnv_cbToUWriteUChars) FAIL(ucnv_toUnicode)
FAIL(ucnv_cbFromUWriteUChars) FAIL(ucnv_toUCountPending) FAIL(ucnv_fromUCountPending)
FAIL(ucnv_getStandardName) FAIL(ucnv_getAvailableName) FAIL(ucnv_countAvailable)
FAIL(ucnv_fromUnicode) FAIL(UCNV_FROM_U_CALLBACK_SUBSTITUTE) FAIL(UCNV_TO_U_CALLBACK_SUBSTITUTE)
