// One association as its user (SCU), used from one thread.
#ifndef GLENOID_USER_HPP
#define GLENOID_USER_HPP

#include <memory>
#include <string>
#include <vector>

#include "CDCMTKUser.h"
#include "CommandSet.hpp"
#include "Dcmnet.hpp"

namespace glenoid {

// What ends a call of the user early; becomes a cdcmtk_user_result.
struct UserFailure {
    cdcmtk_user_code code;
    std::string text;
    cdcmtk_rejection rejection{};
};

class User {
public:
    // Connects and negotiates. Throws UserFailure.
    User(const cdcmtk_user_settings &settings, const cdcmtk_proposal *proposals, size_t proposalCount);
    // Releases the association if it can, else aborts it.
    ~User();
    User(const User &) = delete;
    User &operator=(const User &) = delete;

    // 0 where the proposal was refused.
    uint8_t context(size_t proposalIndex) const;
    bool isAlive() const;
    // These return the response's status and throw UserFailure.
    uint16_t echo(uint8_t context);
    uint16_t store(uint8_t context, const char *path, const cdcmtk_stored_file &file, bool transcode);

private:
    void connect(const cdcmtk_user_settings &settings, const std::string &address,
        const cdcmtk_proposal *proposals, size_t proposalCount);
    [[noreturn]] void failConnecting(const OFCondition &condition);
    [[noreturn]] void failWithTrouble();
    void readAnswers(size_t proposalCount);
    void sendCommand(const CommandSet &command, uint8_t context);
    void sendDataSet(uint8_t context, const char *path, uint64_t offset);
    void sendTranscoded(uint8_t context, const char *path);
    void sendBytes(uint8_t context, bool isLast, const uint8_t *bytes, size_t byteCount);
    uint16_t awaitResponse(const CommandSet &request, uint8_t context);

    std::unique_ptr<Link> link_;
    std::unique_ptr<Dcmnet> dcmnet_;
    std::vector<uint8_t> contexts_;             // by proposal; 0: refused
    std::vector<std::string> transferSyntaxes_; // by proposal
    const double objectSeconds_;
    uint16_t lastMessageID_ = 0;
};

}  // namespace glenoid

#endif
