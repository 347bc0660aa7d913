// The provider's C interface.
#include "CDCMTKProvider.h"

#include "../Guard.hpp"
#include "Provider.hpp"
#include "dcmtk/dcmdata/dcuid.h"

#include <memory>

using namespace glenoid;

struct cdcmtk_provider {
    Provider provider;
};

size_t cdcmtk_storage_class_count(void) { return static_cast<size_t>(numberOfDcmAllStorageSOPClassUIDs); }

const char *cdcmtk_storage_class(size_t index) {
    return index < cdcmtk_storage_class_count() ? dcmAllStorageSOPClassUIDs[index] : nullptr;
}

cdcmtk_status cdcmtk_provider_create(
    const cdcmtk_provider_settings *settings, const cdcmtk_provider_callbacks *callbacks,
    cdcmtk_provider **provider) {
    return guarded([&] { *provider = new cdcmtk_provider{Provider(*settings, *callbacks)}; });
}

uint16_t cdcmtk_provider_port(const cdcmtk_provider *provider) { return provider->provider.port(); }

cdcmtk_status cdcmtk_provider_start(cdcmtk_provider *provider) {
    return guarded([&] { provider->provider.start(); });
}

void cdcmtk_provider_stop_accepting(cdcmtk_provider *provider) {
    guarded([&] { provider->provider.stopAccepting(); });
}

bool cdcmtk_provider_is_listening(const cdcmtk_provider *provider) { return provider->provider.isListening(); }

size_t cdcmtk_provider_association_count(const cdcmtk_provider *provider) {
    size_t count = 0;
    guarded([&] { count = provider->provider.associationCount(); });
    return count;
}

bool cdcmtk_provider_drain(cdcmtk_provider *provider, double seconds) {
    bool isClean = false;
    guarded([&] { isClean = provider->provider.drain(seconds); });
    return isClean;
}

void cdcmtk_provider_destroy(cdcmtk_provider *provider) {
    guarded([&] { delete provider; });
}
