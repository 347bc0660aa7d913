// The only place where C++ exceptions end. A C++ exception that reaches Swift stops the process ("C++ exception
// handling detected"), so every function of the bridge has the body `return guarded([&] { … });` and says what
// went wrong with `fail(…)` or `require(…)`.
#ifndef GLENOID_GUARD_HPP
#define GLENOID_GUARD_HPP

#include "dcmtk/config/osconfig.h"
#include "dcmtk/ofstd/ofcond.h"

#include <cstdarg>
#include <cstdio>
#include <exception>
#include <new>

#include "CDCMTKStatus.h"

namespace glenoid {

inline cdcmtk_status succeeded() noexcept {
    cdcmtk_status status;
    status.code = CDCMTK_OK;
    status.tag = 0;
    status.text[0] = '\0';
    return status;
}

// A status with a formatted reason. The arguments are never an element's value: the text is logged.
__attribute__((format(printf, 3, 4))) inline cdcmtk_status failed(
    cdcmtk_code code, uint32_t tag, const char *format, ...) noexcept {
    cdcmtk_status status = succeeded();
    status.code = code;
    status.tag = tag;
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(status.text, sizeof status.text, format, arguments);
    va_end(arguments);
    return status;
}

// What `fail` throws and `guarded` turns back into a status.
struct Failure {
    cdcmtk_status status;
};

// Leaves the guarded body with this reason.
[[noreturn]] __attribute__((format(printf, 3, 4))) inline void fail(
    cdcmtk_code code, uint32_t tag, const char *format, ...) {
    Failure failure{succeeded()};
    failure.status.code = code;
    failure.status.tag = tag;
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(failure.status.text, sizeof failure.status.text, format, arguments);
    va_end(arguments);
    throw failure;
}

// Leaves the guarded body when a DCMTK call failed. DCMTK's condition texts hold tags, lengths and file names,
// no element values.
inline void require(const OFCondition &condition, cdcmtk_code code, uint32_t tag, const char *doing) {
    if (condition.bad()) fail(code, tag, "%s: %s", doing, condition.text());
}

// Runs the body; whatever it throws becomes a status. The body may return nothing or a `cdcmtk_status`.
template <class Body>
cdcmtk_status guarded(Body &&body) noexcept {
    try {
        if constexpr (__is_same(decltype(body()), void)) {
            body();
            return succeeded();
        } else {
            return body();
        }
    } catch (const Failure &failure) {
        return failure.status;
    } catch (const std::bad_alloc &) {
        return failed(CDCMTK_WORLD, 0, "out of memory");
    } catch (const std::exception &) {
        // what() is left out: a library may put data of the object into it.
        return failed(CDCMTK_BAD_DATA, 0, "a library raised an exception");
    } catch (...) {
        return failed(CDCMTK_BAD_DATA, 0, "a library raised an unknown exception");
    }
}

}  // namespace glenoid

#endif
