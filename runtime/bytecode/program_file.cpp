#include "runtime/bytecode/program_file.h"

#include <fmt/format.h>

#include "runtime/bytecode/archive.h"
#include "runtime/bytecode/verify.h"

namespace wend::bytecode {
namespace {

constexpr std::string_view k_magic = "WENDC\n";
// Of the section list and of everything in program_fields.h; a reader takes exactly this one.
constexpr uint16_t k_format_version = 7;
constexpr size_t k_digest_bytes = std::tuple_size_v<Sha256Digest>;

enum class Section : uint8_t {
#define WEND_SECTION(tag, name, ...) name = tag,
#include "runtime/bytecode/sections.def"
#undef WEND_SECTION
};

struct SectionInfo {
  Section tag;
  const char* name;
};
constexpr SectionInfo k_sections[] = {
#define WEND_SECTION(tag, name, ...) {Section::name, #name},
#include "runtime/bytecode/sections.def"
#undef WEND_SECTION
};

template <typename Archive, typename Owners, typename Visit>
void visit_beside(Archive& archive, Owners& owners, Visit&& visit) {
  auto count = static_cast<uint32_t>(owners.size());
  archive(count);
  if (count != owners.size()) return archive.refuse();
  for (auto& owner : owners) visit(owner);
}

template <typename Archive, typename AnyProgram>
void visit_section(Archive& archive, Section section, AnyProgram& program) {
  switch (section) {
#define WEND_SECTION(tag, name, ...) \
  case Section::name:                \
    __VA_ARGS__;                     \
    return;
#include "runtime/bytecode/sections.def"
#undef WEND_SECTION
  }
}

std::string_view view_of(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::unexpected<LoadError> refuse(uint64_t offset, std::string where, std::string what) {
  return std::unexpected(LoadError{offset, std::move(where), std::move(what)});
}

std::expected<Program, LoadError> decode(std::string_view content) {
  Program program;
  size_t offset = k_magic.size() + sizeof k_format_version;
  for (const SectionInfo& section : k_sections) {
    const std::string where = fmt::format("section {}", section.name);
    ByteReader header(content.substr(offset));
    const uint8_t tag = header.u8();
    const uint64_t length = header.u64();
    const std::string_view payload = header.bytes(length);
    if (!header.ok()) return refuse(offset, where, "the file ends before the section does");
    if (tag != static_cast<uint8_t>(section.tag)) {
      return refuse(offset, where, fmt::format("expected section tag {}, found {}", static_cast<int>(section.tag), tag));
    }
    ArchiveReader reader(payload);
    visit_section(reader, section.tag, program);
    const auto stopped_at = static_cast<uint64_t>(reader.position() - content.data());
    if (!reader.ok()) return refuse(stopped_at, where, "the section's bytes are not what its table holds");
    if (!reader.at_end()) return refuse(stopped_at, where, "the section goes on after its table");
    offset = static_cast<size_t>(header.position() - content.data());
  }
  if (offset != content.size()) return refuse(offset, "file", "the file goes on after its last section");
  return program;
}

// ── digests: what a program means, whatever its constants, types and functions are numbered ──

// Types, constants and functions are written out where they are referred to, so that nothing a message body uses moves a number here.
class CanonicalWriter final : public BasicWriter<CanonicalWriter> {
 public:
  CanonicalWriter(const Program& program, std::string& out) : BasicWriter(out), program_(program) {}

  using BasicWriter::item;
  void item(TypeId id) {
    const Type& type = program_.type(id);
    (*this)(type.kind, type.optional, type.is_set, type.is_percent, type.format, type.currency, type.enumeration, type.record);
    if (type.kind == ValueKind::list) item(type.element);
  }
  // Whom a journey belongs to, and what a frame's slots are called in the text, steers nothing: a slot is known by its place.
  void item(const LayoutSlot& slot) { item(slot.reg); }
  void item(const Journey& journey) {
    Journey without_owner = journey;
    without_owner.owner.clear();
    BasicWriter::item(without_owner);
  }
  void item(ConstantId id) { item(program_.constants[static_cast<size_t>(id)]); }
  void item(FunctionId id) {
    const Function& function = program_.function(id);
    (*this)(function.registers, function.parameter_count);
    for (const Instruction& instruction : function.code) {
      if (instruction.opcode != Opcode::load_constant) {
        item(instruction);
        continue;
      }
      Instruction without_number = instruction;
      without_number.b = 0;
      item(without_number);
      item(program_.constants[instruction.b]);
    }
  }

 private:
  const Program& program_;
};

Sha256Digest behaviour_digest(const Program& program) {
  std::string bytes;
  CanonicalWriter writer(program, bytes);
  for (const SectionInfo& section : k_sections) {
    switch (section.tag) {
      case Section::project:
      case Section::types:
      case Section::constants:
      case Section::functions:
      case Section::changes:
      case Section::validation:
      case Section::bodies:
      case Section::debug:
        break;
      case Section::enums:
      case Section::records:
      case Section::attributes:
      case Section::topics:
      case Section::events:
      case Section::history:
      case Section::channels:
      case Section::messages:
      case Section::experiments:
      case Section::policies:
      case Section::journeys:
      case Section::segments:
      case Section::holdouts:
      case Section::actions:
        writer(static_cast<uint8_t>(section.tag));
        visit_section(writer, section.tag, program);
        break;
    }
  }
  return sha256(bytes);
}

Sha256Digest bodies_digest(const Program& program) {
  std::string bytes;
  CanonicalWriter writer(program, bytes);
  writer(program.locales, program.locale);
  for (const Message& message : program.messages) writer(message.bodies);
  return sha256(bytes);
}

Sha256Digest schema_digest(const Program& program) {
  std::string bytes;
  CanonicalWriter writer(program, bytes);
  // Wire names are left out: they say how events are written elsewhere, not how the log holds them.
  const auto write_fields = [&](const std::vector<FieldInfo>& fields) {
    writer(fields.size());
    for (const FieldInfo& field : fields) writer(field.name, field.type);
  };
  for (const EnumInfo& enumeration : program.enums) {
    writer(enumeration.name, enumeration.values.size());
    for (const EnumValue& value : enumeration.values) writer(value.name);
  }
  for (const RecordInfo& record : program.records) {
    writer(record.name);
    write_fields(record.fields);
  }
  for (const Attribute& attribute : program.attributes) writer(attribute.name, attribute.type);
  for (const Event& event : program.events) {
    writer(event.name);
    write_fields(event.fields);
  }
  return sha256(bytes);
}

}  // namespace

std::string write_program(const Program& program) {
  std::string file(k_magic);
  ByteWriter writer(file);
  writer.u16(k_format_version);
  for (const SectionInfo& section : k_sections) {
    std::string payload;
    ArchiveWriter archive(payload);
    visit_section(archive, section.tag, program);
    writer.u8(static_cast<uint8_t>(section.tag));
    writer.u64(payload.size());
    writer.raw(payload.data(), payload.size());
  }
  file.append(view_of(sha256(file)));
  return file;
}

std::expected<Program, LoadError> read_program(std::string_view bytes) {
  if (!bytes.starts_with(k_magic)) return refuse(0, "file", "this is not a built program: it does not begin with \"WENDC\"");
  ByteReader header(bytes.substr(k_magic.size()));
  const uint16_t version = header.u16();
  if (!header.ok() || header.remaining() < k_digest_bytes) return refuse(bytes.size(), "file", "the file is cut short");
  if (version != k_format_version) {
    return refuse(k_magic.size(), "file", fmt::format("format version {}; this runtime reads version {}", version, k_format_version));
  }
  const std::string_view content = bytes.substr(0, bytes.size() - k_digest_bytes);
  if (bytes.substr(content.size()) != view_of(sha256(content))) {
    return refuse(content.size(), "file", "the checksum does not match: the file is damaged");
  }
  std::expected<Program, LoadError> program = decode(content);
  if (!program) return program;
  if (std::optional<LoadError> error = verify(*program)) return std::unexpected(std::move(*error));
  return program;
}

ProgramDigests digests(const Program& program) {
  return {behaviour_digest(program), bodies_digest(program), schema_digest(program)};
}

}  // namespace wend::bytecode
