#pragma once

#include "runtime/bytecode/program.h"

// A program that declares things to read and does nothing with them.
inline wend::bytecode::Program shop_program() {
  using namespace wend::bytecode;
  Program program;
  program.name = "shop";
  const auto type = [&](Type wanted) {
    program.types.push_back(wanted);
    return static_cast<TypeId>(program.types.size() - 1);
  };
  const TypeId text = type({.kind = ValueKind::text});
  const TypeId text_optional = type({.kind = ValueKind::text, .optional = true});
  const TypeId email = type({.kind = ValueKind::text, .optional = true, .format = TextFormat::email});
  const TypeId integer = type({.kind = ValueKind::integer});
  const TypeId money = type({.kind = ValueKind::decimal, .currency = "USD"});
  const TypeId money_optional = type({.kind = ValueKind::decimal, .optional = true, .currency = "USD"});
  const TypeId percent = type({.kind = ValueKind::decimal, .optional = true, .is_percent = true});
  const TypeId boolean = type({.kind = ValueKind::boolean, .optional = true});
  const TypeId date = type({.kind = ValueKind::date, .optional = true});
  const TypeId instant = type({.kind = ValueKind::instant, .optional = true});
  const TypeId zone = type({.kind = ValueKind::time_zone, .optional = true});
  const TypeId duration = type({.kind = ValueKind::duration, .optional = true});
  program.enums.push_back({"Carrier", {{"dhl", "DHL"}, {"ups", "UPS"}}});
  const TypeId carrier = type({.kind = ValueKind::enumeration, .optional = true, .enumeration = EnumId{0}});
  program.records.push_back({"Line", {{"sku", "sku", text}, {"quantity", "qty", integer}, {"price", "price", money_optional}}});
  const TypeId line = type({.kind = ValueKind::record, .record = RecordId{0}});
  const TypeId lines = type({.kind = ValueKind::list, .optional = true, .element = line});
  const TypeId tags = type({.kind = ValueKind::list, .optional = true, .is_set = true, .element = text});

  program.attributes = {{.name = "email", .type = email},
                        {.name = "first_name", .type = text},
                        {.name = "tz", .type = zone},
                        {.name = "points", .type = integer}};
  program.topics = {"offers", "news"};
  program.events.push_back({.name = "OrderPlaced",
                            .wire = "Order Placed",
                            .fields = {{"order_id", "order_id", text},
                                       {"total", "total", money},
                                       {"carrier", "carrier", carrier},
                                       {"lines", "products", lines},
                                       {"tags", "tags", tags},
                                       {"gift", "gift", boolean},
                                       {"due", "due", date},
                                       {"shipped_at", "shippedAt", instant},
                                       {"discount", "discount", percent},
                                       {"handling", "handling", duration}}});
  program.events.push_back({.name = "Ping", .wire = "Ping", .fields = {{"note", "note", text_optional}}});
  return program;
}
